// A server that only SIGKILL ends, with a child that is the same. Prints both pids on a line.
import { spawn } from 'node:child_process'

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {})
setInterval(() => {}, 1000)
if (process.argv[2] !== 'alone') {
  const child = spawn(process.execPath, [process.argv[1], 'alone'], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.once('data', () => process.stdout.write(`${process.pid} ${child.pid}\n`))
} else process.stdout.write('ready\n')
