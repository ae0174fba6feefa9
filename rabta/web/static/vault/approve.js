// The approver: takes the outer lock off every box and locks it again to one custodian. The inner lock stays.
import { Wrong, ask, onSubmit, open, seal, toBytes, toText, unlock, words } from "./box.js";

const form = document.getElementById("approve");

onSubmit(form, async () => {
  const custodian = form.querySelector("[name=custodian]:checked").value;
  const key = await unlock(form);
  const { boxes, keys } = await ask(form, form.dataset.boxes);
  const sent = {};
  for (const [name, box] of Object.entries(boxes)) {
    const inner = await open(toBytes(box), key).catch(() => { throw new Wrong(words(form, "notMine")); });
    sent[name] = toText(await seal(inner, [keys[custodian]]));
  }
  await ask(form, form.dataset.send, { custodian, boxes: sent });
  form.querySelector("#said").textContent = words(form, "approved");
  location.reload();
});
