/** Vitest's globalSetup for the projects whose suites use engines: opens one desk for all of them. */
import { type EngineDesk, openEngineDesk } from './engine-desk.ts'
import { deskVariable } from './tier.ts'
import { tierRecord } from './tier-record.ts'

const key = Symbol.for('sallyport.engine-desk')
const place = globalThis as { [key]?: { desk: Promise<EngineDesk>; users: number } }

export async function setup(): Promise<void> {
  place[key] ??= { desk: openEngineDesk((enquiry) => tierRecord().push(enquiry)), users: 0 }
  place[key].users += 1
  process.env[deskVariable] = (await place[key].desk).url
}

export async function teardown(): Promise<void> {
  const open = place[key]
  if (open === undefined) return
  open.users -= 1
  if (open.users > 0) return
  delete place[key]
  delete process.env[deskVariable]
  await (await open.desk).close()
}
