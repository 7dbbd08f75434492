import { type ChildProcess, fork, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { LostLines } from './logger.ts'
import type { LoggingOrder } from './testing/logging-process.child.ts'

test('a process whose standard error is a closed pipe goes on, and counts each line', async () => {
  const child = await started('pipe')
  child.stderr?.destroy()
  expect(await lostOf(child, { lines: 60 }, ({ unwritable }) => unwritable === 60)).toEqual({
    unwritable: 60,
    flood: 0,
  })
})

test.runIf(process.platform === 'linux')(
  'a process whose standard error is on a full disk goes on, and counts each line',
  async () => {
    const full = openSync('/dev/full', 'w')
    const child = await started(full)
    closeSync(full)
    expect(await lostOf(child, { lines: 60 }, ({ unwritable }) => unwritable === 60)).toEqual({
      unwritable: 60,
      flood: 0,
    })
  },
)

test('a reader that does not read holds nothing up, and beyond a megabyte lines are counted instead of kept', async () => {
  const child = await started('pipe')
  child.stderr?.pause()
  const { unwritable } = await lostOf(child, { lines: 3000, bytes: 1000 }, () => true)
  expect(unwritable).toBeGreaterThan(1500)
})

test('what was logged before the end of the process is in the log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = openSync(join(folder, 'log'), 'w')
  const child = await started(file)
  closeSync(file)
  child.send({ lines: 60 })
  child.send('end')
  await once(child, 'exit')
  expect(readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n').map(lineOf)).toEqual(
    Array.from({ length: 60 }, (_, index) => index + 1),
  )
})

function lineOf(text: string): unknown {
  return (JSON.parse(text) as { readonly line: unknown }).line
}

async function started(stderr: 'pipe' | number): Promise<ChildProcess> {
  const stdio: StdioOptions = ['ignore', 'ignore', stderr, 'ipc']
  const child = fork(join(import.meta.dirname, 'testing/logging-process.child.ts'), { execArgv: [], stdio })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

/** Has the process log, and asks it what was lost until that is what is waited for. */
async function lostOf(
  child: ChildProcess,
  order: LoggingOrder,
  isIt: (lost: LostLines) => boolean,
): Promise<LostLines> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the process ended')
  })
  child.send(order)
  for (;;) {
    const answer = once(child, 'message')
    const [lost] = (await Promise.race([answer, ended])) as [LostLines]
    if (isIt(lost)) return lost
    child.send({ lines: 0 })
  }
}
