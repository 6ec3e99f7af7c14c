/* What a page that can be printed needs: the button that prints, and forms that say that the server is at work. */

import { markBusy } from "./busy.js";
import { listen } from "./page.js";

listen(document.body, (action) => {
  if (action === "print") {
    window.print();
  }
});
markBusy();
