// Tells Python whether an element is in sight, in the trait `visible`: what nobody sees need not be computed.
function tellSight(model, element) {
  // A busy page is told several changes at once: the last one is how it is now.
  const watcher = new IntersectionObserver((changes) => {
    const { isIntersecting } = changes.at(-1);
    if (model.get('visible') === isIntersecting) return;
    model.set('visible', isIntersecting);
    model.save_changes();
  });
  watcher.observe(element);
  return watcher;
}

