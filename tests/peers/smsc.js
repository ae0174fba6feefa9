// A message centre for tests, on the `smpp` package: says on stdout what it got, does what stdin says. JSON lines.
//
// in:  {"do": "deliver", "pdu": {...}}        to every receiving session, the answer is told
//      {"do": "set", "throttle": 5, "mute": 2, "ids": "hex", "receipts": true, "slow": 20, "cut": true}
//      {"do": "close"}                         all connections
// out: {"got": "bind"|"submit"|"answer"|"closed"|"listening", ...}
"use strict";
const path = require("path");
const smpp = require(path.join(process.argv[3], "node_modules", "smpp"));
const quiet = process.argv[4] === "quiet";

const say = (fact) => process.stdout.write(JSON.stringify(fact) + "\n");
const state = { throttle: 0, mute: 0, ids: "dec", receipts: false, slow: 0, password: "secret" };
const sessions = new Set();
let last = 4095;
let taken = 0;
let most = 0;

const hex = (value) => (Buffer.isBuffer(value) ? value.toString("hex") : value);
const raw = (message) => {
  if (!message || !message.message) return message && Buffer.isBuffer(message) ? message.toString("hex") : "";
  return Buffer.isBuffer(message.message) ? message.message.toString("hex") : message.message;
};

function plain(pdu) {
  const fact = {
    source: pdu.source_addr, source_ton: pdu.source_addr_ton, source_npi: pdu.source_addr_npi,
    to: pdu.destination_addr, to_ton: pdu.dest_addr_ton, to_npi: pdu.dest_addr_npi,
    esm_class: pdu.esm_class, data_coding: pdu.data_coding, registered: pdu.registered_delivery,
    text: pdu.short_message && pdu.short_message.message, udh: pdu.short_message && pdu.short_message.udh
      ? Buffer.concat(pdu.short_message.udh).toString("hex") : "",
    payload: (pdu.message_payload && (pdu.message_payload.message || hex(pdu.message_payload))) || "",
    sar: [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum],
    vendor: hex(pdu.vendor_1400) || "", vendor2: hex(pdu.vendor_1401) || "",
  };
  return fact;
}
smpp.addTLV("vendor_1400", { id: 0x1400, type: smpp.types.tlv.buffer });
smpp.addTLV("vendor_1401", { id: 0x1401, type: smpp.types.tlv.buffer });

function receipt(session, pdu, id) {
  const shown = state.ids === "hex" ? String(parseInt(id, 16)).padStart(10, "0") : id;
  const target = [...sessions].find((each) => each.receives) || session;
  target.deliver_sm({
    source_addr: pdu.destination_addr, source_addr_ton: 1, source_addr_npi: 1, destination_addr: pdu.source_addr,
    esm_class: 4,
    short_message: `id:${shown} sub:001 dlvrd:001 submit date:2611220100 done date:2611220101 stat:DELIVRD err:000 text:`,
  });
}

function submitted(session, pdu) {
  session.waiting += 1;
  most = Math.max(most, session.waiting);
  if (state.throttle > 0) {
    state.throttle -= 1;
    session.waiting -= 1;
    session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    say({ got: "throttled" });
    return;
  }
  last += 1;
  taken += 1;
  const id = state.ids === "hex" ? last.toString(16).toUpperCase() : String(last);
  if (!quiet) say({ got: "submit", id, most, ...plain(pdu) });
  if (state.mute > 0) {
    state.mute -= 1;
    if (state.mute === 0 && state.cut) session.close();
    return;
  }
  const answer = () => {
    session.waiting -= 1;
    session.send(pdu.response({ message_id: id }));
    if (state.receipts && pdu.registered_delivery) receipt(session, pdu, id);
  };
  if (state.slow) setTimeout(answer, state.slow);
  else answer();
}

const server = smpp.createServer({}, (session) => {
  session.waiting = 0;
  const bind = (kind) => (pdu) => {
    if (pdu.password !== state.password) {
      session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
      return;
    }
    session.receives = kind !== "tx";
    sessions.add(session);
    session.send(pdu.response());
    say({ got: "bind", kind, system_id: pdu.system_id });
  };
  session.on("bind_transceiver", bind("trx"));
  session.on("bind_transmitter", bind("tx"));
  session.on("bind_receiver", bind("rx"));
  session.on("submit_sm", (pdu) => submitted(session, pdu));
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => { session.send(pdu.response()); session.close(); });
  session.on("error", () => {});
  session.on("close", () => { if (sessions.delete(session)) say({ got: "closed" }); });
});

function deliver(order) {
  const target = [...sessions].find((session) => session.receives);
  if (!target) { say({ got: "answer", status: -1, mark: order.mark }); return; }
  const given = { ...order.pdu };
  const text = {};
  if (given.udh) { text.udh = Buffer.from(given.udh, "hex"); delete given.udh; }
  if (given.hex !== undefined) { text.message = Buffer.from(given.hex, "hex"); delete given.hex; }
  if (text.message) given.short_message = text.udh ? text : text.message;
  for (const name of ["message_payload", "sar_msg_ref_num"]) {
    if (typeof given[name] === "string") given[name] = Buffer.from(given[name], "hex");
  }
  target.deliver_sm(given, (pdu) => say({ got: "answer", status: pdu.command_status, mark: order.mark }));
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line);
  if (order.do === "deliver") deliver(order);
  else if (order.do === "set") { Object.assign(state, order); say({ got: "set" }); }
  else if (order.do === "close") for (const session of sessions) session.destroy();
  else if (order.do === "count") say({ got: "count", taken, most });
}).on("close", () => process.exit(0));

server.listen(Number(process.argv[2]), "127.0.0.1", () => say({ got: "listening" }));
