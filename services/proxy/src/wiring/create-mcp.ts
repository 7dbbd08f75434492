import { createSecretKey } from 'node:crypto'
import { deriveKey } from '@sallyport/runtime'
import { GivenAnswers } from '../connectors/mcp/answers/given-answers.ts'
import { takesStructured } from '../connectors/mcp/answers/takes-structured.ts'
import { UpstreamMetadata } from '../connectors/mcp/authorization/upstream-metadata.ts'
import { KnownCatalogs } from '../connectors/mcp/catalog/known-catalogs.ts'
import { readListing } from '../connectors/mcp/catalog/listings.ts'
import { UpstreamCatalogs } from '../connectors/mcp/catalog/upstream-catalogs.ts'
import { RemoteCancellations } from '../connectors/mcp/forwarding/remote-cancellations.ts'
import type { SseStreams } from '../connectors/mcp/legacy-sse/sse-streams.ts'
import { mcpConnector } from '../connectors/mcp/mcp-connector.ts'
import { McpWay } from '../connectors/mcp/mcp-way.ts'
import type { McpCall } from '../connectors/mcp/message/call.ts'
import { AccessRequests } from '../connectors/mcp/own-tools/access-requests.ts'
import { mcpAnswerPhases } from '../connectors/mcp/rewrite/answer-phases.ts'
import { BoundIds } from '../connectors/mcp/rewrite/bound-ids.ts'
import { RequestStates } from '../connectors/mcp/rounds/sealed-state.ts'
import { HealedNews } from '../connectors/mcp/session/healed-news.ts'
import { HealedSessions } from '../connectors/mcp/session/healed-sessions.ts'
import { SessionSeal } from '../connectors/mcp/session/session-seal.ts'
import { listedTools, ToolHeaders } from '../connectors/mcp/stateless/tool-headers.ts'
import { TaskIds } from '../connectors/mcp/tasks/task-ids.ts'
import { Tasks } from '../connectors/mcp/tasks/tasks.ts'
import { Governor } from '../governing/governor.ts'
import { whereToAnswer } from '../governing/hold/where-to-answer.ts'
import { OpenExchanges } from '../governing/open-exchanges.ts'
import { Sealer } from '../reaching/sealer.ts'
import type { Governing } from './create-governing.ts'
import type { Reach } from './create-reach.ts'
import { answerLimits } from './limits-of.ts'
import type { ProxyDeps } from './proxy-deps.ts'

/** The rooms of the MCP connector, and the way its messages begin. */
export function createMcp(deps: ProxyDeps, reach: Reach, governing: Governing) {
  const { config, publisher, signals, control, decision, approvals, secret, clock, logger } = deps
  const { upstreams, credentials, relay } = reach
  const { recording, holds, claimant, digestKey, approvalUrl } = governing
  const { recorder } = recording
  const { address } = relay
  const limits = answerLimits(config)

  const open = new OpenExchanges<McpCall>()
  const ids = new BoundIds(createSecretKey(deriveKey(secret, 'ids')))
  const seal = new SessionSeal(deriveKey(secret, 'session'))
  const states = new RequestStates(deriveKey(secret, 'request_state'))
  const sseStreams: SseStreams = new Map()
  const legacySse = { seal, recorder, clock, address, sseStreams }
  const sessions = new HealedSessions(
    new HealedNews(new Sealer(deriveKey(secret, 'healed'), '', 4096), signals),
    { upstreams, credentials, recorder, answerLimits: limits, address, clock, logger },
  )
  const reading = { upstreams, credentials, sseStreams, limits, heal: (call: McpCall) => sessions.heal(call) }
  const catalog = new UpstreamCatalogs({
    known: new KnownCatalogs({ control, publisher, clock, logger, observer: claimant }),
    read: (call, offer) => readListing(reading, call, offer),
  })
  const tasks = new Tasks({
    ids: new TaskIds(deriveKey(secret, 'task')),
    address,
    process: claimant,
    ttlMs: config.hold.taskTtlMs,
    pollMs: config.hold.taskPollMs,
    maxBytes: config.hold.taskBytes,
    clock,
    where: (id) => whereToAnswer(id, approvalUrl(id)),
  })
  const toolHeaders = new ToolHeaders({ list: (call) => listedTools(catalog, call) })
  const upstreamMetadata = new UpstreamMetadata(new Sealer(deriveKey(secret, 'metadata'), 'spm1.', 4096))
  const remote = new RemoteCancellations(ids, signals)

  const structured = (call: McpCall) => takesStructured(catalog.of(call.upstream), call)
  const rewriting = { ids, states, clock, catalog, control, decision, toolHeaders, structured }
  const connector = mcpConnector({
    catalog,
    settling: {
      ids,
      decision,
      control,
      clock,
      toolHeaders,
      catalog,
      accessRequests: new AccessRequests(config.denials.accessRequests),
    },
    keeping: {
      hold: config.hold,
      tasks,
      states,
      clock,
      approvalUrl,
      structured,
    },
    answering: { recording, decision, catalog },
    digestKey,
    forwarding: {
      ids,
      upstreams,
      recording,
      answerPhases: mcpAnswerPhases(rewriting),
      given: new GivenAnswers(),
      legacySse,
      sessions,
      upstreamMetadata,
      toolHeaders,
      answerLimits: limits,
      answerMs: config.upstream.headersMs,
      holds,
      open,
      remote,
      logger,
    },
  })
  const governor = new Governor(governing, connector)
  const taskPollMs = config.hold.taskPollMs
  const way = new McpWay({
    governor,
    ids,
    states,
    clock,
    digestKey,
    tasks,
    approvals,
    claimant,
    taskPollMs,
    logger,
  })
  const listen = () => remote.listen({ holds, open, upstreams, credentials })
  return { way, open, ids, seal, sessions, sseStreams, tasks, catalog, upstreamMetadata, listen }
}

export type McpRooms = ReturnType<typeof createMcp>
