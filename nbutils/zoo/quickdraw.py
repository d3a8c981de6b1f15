"""Quick, Draw!: what people drew within twenty seconds when they were given a word, a hundred drawings a word."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SIDE = 28
DRAWINGS = 100
TESTS = 20  # of every word the last drawings are kept for tests
# The words in the order of their code points, which is that of the labels.
_WORDS = """
The Eiffel Tower, The Great Wall of China, The Mona Lisa, aircraft carrier, airplane, alarm clock, ambulance, angel,
animal migration, ant, anvil, apple, arm, asparagus, axe, backpack, banana, bandage, barn, baseball, baseball bat,
basket, basketball, bat, bathtub, beach, bear, beard, bed, bee, belt, bench, bicycle, binoculars, bird, birthday
cake, blackberry, blueberry, book, boomerang, bottlecap, bowtie, bracelet, brain, bread, bridge, broccoli, broom,
bucket, bulldozer, bus, bush, butterfly, cactus, cake, calculator, calendar, camel, camera, camouflage, campfire,
candle, cannon, canoe, car, carrot, castle, cat, ceiling fan, cell phone, cello, chair, chandelier, church, circle,
clarinet, clock, cloud, coffee cup, compass, computer, cookie, cooler, couch, cow, crab, crayon, crocodile, crown,
cruise ship, cup, diamond, dishwasher, diving board, dog, dolphin, donut, door, dragon, dresser, drill, drums, duck,
dumbbell, ear, elbow, elephant, envelope, eraser, eye, eyeglasses, face, fan, feather, fence, finger, fire hydrant,
fireplace, firetruck, fish, flamingo, flashlight, flip flops, floor lamp, flower, flying saucer, foot, fork, frog,
frying pan, garden, garden hose, giraffe, goatee, golf club, grapes, grass, guitar, hamburger, hammer, hand, harp,
hat, headphones, hedgehog, helicopter, helmet, hexagon, hockey puck, hockey stick, horse, hospital, hot air balloon,
hot dog, hot tub, hourglass, house, house plant, hurricane, ice cream, jacket, jail, kangaroo, key, keyboard, knee,
knife, ladder, lantern, laptop, leaf, leg, light bulb, lighter, lighthouse, lightning, line, lion, lipstick,
lobster, lollipop, mailbox, map, marker, matches, megaphone, mermaid, microphone, microwave, monkey, moon, mosquito,
motorbike, mountain, mouse, moustache, mouth, mug, mushroom, nail, necklace, nose, ocean, octagon, octopus, onion,
oven, owl, paint can, paintbrush, palm tree, panda, pants, paper clip, parachute, parrot, passport, peanut, pear,
peas, pencil, penguin, piano, pickup truck, picture frame, pig, pillow, pineapple, pizza, pliers, police car, pond,
pool, popsicle, postcard, potato, power outlet, purse, rabbit, raccoon, radio, rain, rainbow, rake, remote control,
rhinoceros, rifle, river, roller coaster, rollerskates, sailboat, sandwich, saw, saxophone, school bus, scissors,
scorpion, screwdriver, sea turtle, see saw, shark, sheep, shoe, shorts, shovel, sink, skateboard, skull, skyscraper,
sleeping bag, smiley face, snail, snake, snorkel, snowflake, snowman, soccer ball, sock, speedboat, spider, spoon,
spreadsheet, square, squiggle, squirrel, stairs, star, steak, stereo, stethoscope, stitches, stop sign, stove,
strawberry, streetlight, string bean, submarine, suitcase, sun, swan, sweater, swing set, sword, syringe, t-shirt,
table, teapot, teddy-bear, telephone, television, tennis racquet, tent, tiger, toaster, toe, toilet, tooth,
toothbrush, toothpaste, tornado, tractor, traffic light, train, tree, triangle, trombone, truck, trumpet, umbrella,
underwear, van, vase, violin, washing machine, watermelon, waterslide, whale, wheel, windmill, wine bottle, wine
glass, wristwatch, yoga, zebra, zigzag
"""
WORDS = tuple(_WORDS.strip().replace("\n", " ").split(", "))


def read_drawings(data: bytes, words: int = len(WORDS)) -> "dict[str, np.ndarray]":
    """Return images : (n, 28, 28), labels : (n,), and test_images and test_labels : uint8 and uint16.

    data : a line for every drawing, a JSON list of 784 greys from 0 to 1; the drawings of a word stand together
    words : how many words there are
    Raises ValueError where a line is something else, or there are not DRAWINGS lines for every word.
    """
    import numpy as np

    lines = data.splitlines()
    if len(lines) != words * DRAWINGS:
        raise ValueError(f"There are {len(lines):,} lines and not {DRAWINGS} for each of {words} words.")
    greys = np.empty((len(lines), SIDE * SIDE), np.uint8)
    for number, line in enumerate(lines):
        greys[number] = _read_greys(line, number)
    drawings = greys.reshape(words, DRAWINGS, SIDE, SIDE)
    labels = np.repeat(np.arange(words, dtype=np.uint16), DRAWINGS).reshape(words, DRAWINGS)
    learned = DRAWINGS - TESTS
    return {
        "images": drawings[:, :learned].reshape(-1, SIDE, SIDE),
        "labels": labels[:, :learned].ravel(),
        "test_images": drawings[:, learned:].reshape(-1, SIDE, SIDE),
        "test_labels": labels[:, learned:].ravel(),
    }


def _read_greys(line: bytes, number: int) -> "np.ndarray":
    """Return a drawing : (784,), uint8."""
    import numpy as np

    try:
        greys = np.array(json.loads(line), np.float64)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"Line {number + 1:,} is no list of greys.") from error
    if greys.shape != (SIDE * SIDE,) or not ((greys >= 0) & (greys <= 1)).all():
        raise ValueError(f"Line {number + 1:,} is no list of {SIDE * SIDE} greys from 0 to 1.")
    return np.rint(greys * 255).astype(np.uint8)
