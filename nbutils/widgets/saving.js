// Saving a file that Python offers in the traits file_name and file; the kernel then lets it go.
function saveOffered(model) {
  const bytes = model.get("file");
  if (!bytes || !bytes.byteLength) return;
  const address = URL.createObjectURL(new Blob([bytes]));
  make("a", { href: address, download: model.get("file_name") }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  model.send({ event: "saved" });
}

