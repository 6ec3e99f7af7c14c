/* Takes the key of a device out of the address (`#key=…&device=kiosk-1`): it neither stays nor travels there. */

const form = document.getElementById("device");
const given = new URLSearchParams(location.hash.slice(1));

if (given.has("key")) {
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.key.value = given.get("key");
  form.elements.device.value = given.get("device") || form.elements.device.value;
  form.submit();
}
