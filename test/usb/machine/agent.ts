/** Runs inside the guest: takes commands from the host, one JSON object a line, and says how each ended. */
import { spawn, type ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import type { Answer, Kill, Order } from "./guest.ts";

const socket = connect(Number(process.argv[2]), "10.0.2.2");

function answer(value: Answer): void {
  socket.write(`${JSON.stringify(value)}\n`);
}

const children = new Map<number, ChildProcess>();

/** Confirmed by an answer when the system has it. */
function kill({ id, signal, of }: Kill): void {
  children.get(of)?.kill(signal);
  answer({ id, code: 0 });
}

function start({ id, argv, user, env }: Order): void {
  const [command = "", ...rest] = argv;
  const child = spawn(command, rest, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  children.set(id, child);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    answer({ id, stdout: text });
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    answer({ id, stderr: text });
  });
  child.on("error", (error) => {
    answer({ id, stderr: `${error.message}\n` });
    if (child.pid === undefined) answer({ id, code: 127 });
  });
  child.on("close", (code) => {
    children.delete(id);
    answer({ id, code: code ?? 128 });
  });
}

createInterface({ input: socket }).on("line", (line) => {
  const order = JSON.parse(line) as Order | Kill;
  if ("signal" in order) kill(order);
  else start(order);
});
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(0));
