// What waits in rooms that are not open goes out from any page of its writer. What is refused is marked: its room shows it.
import { Delivery } from "./delivery.js";
import { Kept, waiting } from "./kept.js";

const deliveries = new Map(); // room → Delivery

export function runErrands(user) {
  const open = document.querySelector("[data-conversation]")?.dataset.conversation; // sends its own
  for (const room of waiting(user).keys()) {
    if (room === open) continue;
    if (!deliveries.has(room)) deliveries.set(room, new Delivery(new Kept(user, room), { url: `/conversations/${room}/messages/` }));
    deliveries.get(room).again();
  }
}
