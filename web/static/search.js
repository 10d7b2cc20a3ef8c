// Ctrl+K, or Cmd+K, puts the cursor into the line that searches everything.
document.addEventListener("keydown", (event) => {
  if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const line = document.querySelector("[data-search]");
  if (!line) return;
  event.preventDefault();
  line.focus();
  line.select();
});
