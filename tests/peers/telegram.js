// The Bot API for tests, on the `telegram-test-api` package. It listens until stdin ends.
"use strict";
const path = require("path");
const { TelegramServer } = require(path.join(process.argv[3], "node_modules", "telegram-test-api", "lib", "telegramServer.js"));

const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
server.start().then(() => process.stdout.write("listening\n"));
process.stdin.resume();
process.stdin.on("end", () => server.stop().then(() => process.exit(0)));
