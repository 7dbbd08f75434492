import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import type { LongestTurn } from './longest-turn.ts'

/**
 * Loaded before the program that is measured (`--import`): the longest time for which its main thread let nobody else
 * have a turn. Whoever connects to the socket is told, and begins anew.
 */
const { env } = process
const path = env['BENCH_LOOP_SOCKET']
// The program's children are not measured.
delete env['BENCH_LOOP_SOCKET']
delete env['NODE_OPTIONS']

if (isMainThread && path !== undefined) {
  let longest: LongestTurn = { processor: 0, wall: 0 }
  let at = performance.now()
  let used = processorMs()
  const turn = () => {
    const processor = processorMs() - used
    const wall = performance.now() - at
    longest = {
      processor: Math.max(longest.processor, processor),
      wall: Math.max(longest.wall, wall),
    }
    at = performance.now()
    used = processorMs()
  }
  setInterval(turn, 1).unref()
  rmSync(path, { force: true })
  createServer((socket) => {
    turn()
    socket.on('error', () => {})
    socket.end(JSON.stringify(longest))
    longest = { processor: 0, wall: 0 }
  })
    .listen(path)
    .unref()
}

function processorMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
