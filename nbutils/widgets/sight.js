// Tells Python whether an element is in sight, in the trait `visible`: what nobody sees need not be computed.
function tellSight(model, element) {
  const watcher = new IntersectionObserver(([entry]) => {
    if (model.get('visible') === entry.isIntersecting) return;
    model.set('visible', entry.isIntersecting);
    model.save_changes();
  });
  watcher.observe(element);
  return watcher;
}

