/* Says so when the browser is too old for a page. A plain script in the words of the oldest browsers, not a module. */
(function () {
  var note = document.getElementById("too-old");
  /* Array.prototype.flat came with Chromium 69, Firefox 62 and Safari 12; inert with Chromium 102 and Firefox 112. */
  var able = {
    any: true,
    hall: "flat" in Array.prototype && "noModule" in document.createElement("script"),
    staff: "inert" in document.createElement("p")
  };
  if (!able[note.getAttribute("data-pages")]) {
    note.removeAttribute("hidden");
  }
}());
