import { afterAll, beforeAll, describe } from 'vitest'
import { catalog } from './scenarios/catalog.ts'
import { denials } from './scenarios/denials.ts'
import { editedApprovals } from './scenarios/edited-approvals.ts'
import { governedCalls } from './scenarios/governed-calls.ts'
import { grants } from './scenarios/grants.ts'
import { heldCalls } from './scenarios/held-calls.ts'
import { httpRequests } from './scenarios/http-requests.ts'
import { httpWithSse } from './scenarios/http-with-sse.ts'
import { record } from './scenarios/record.ts'
import { sessions } from './scenarios/sessions.ts'
import { stagedApprovals } from './scenarios/staged-approvals.ts'
import { statelessRevision } from './scenarios/stateless-revision.ts'
import { stdioServers } from './scenarios/stdio-servers.ts'
import { upstreamsAndKinds } from './scenarios/upstreams-and-kinds.ts'
import { openWorld, type World } from './scenarios/world.ts'
import { startStandalone } from './support/standalone-composition.ts'

describe('standalone', () => {
  let opened: World
  const world = () => opened

  beforeAll(async () => {
    opened = await openWorld(await startStandalone())
  })
  afterAll(() => opened?.close())

  governedCalls(world)
  upstreamsAndKinds(world)
  heldCalls(world)
  stagedApprovals(world)
  editedApprovals(world)
  grants(world)
  denials(world)
  catalog(world)
  httpRequests(world)
  httpWithSse(world)
  statelessRevision(world)
  stdioServers(world)
  sessions(world)
  record(world)
})
