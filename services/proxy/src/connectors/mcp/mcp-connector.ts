import type { KeyObject } from 'node:crypto'
import type { Connector } from '../../governing/connector.ts'
import { answerDenied } from './answers/answer-denied.ts'
import { mcpOffers } from './catalog/mcp-offers.ts'
import { nearestOffers } from './catalog/nearest-offers.ts'
import type { UpstreamCatalogs } from './catalog/upstream-catalogs.ts'
import { editArguments } from './exchange/edit-arguments.ts'
import type { McpExchange } from './exchange/mcp-exchange.ts'
import { mcpPhases, type Settling } from './exchange/phases.ts'
import { forward } from './forwarding/forward.ts'
import type { ForwardingNeeds } from './forwarding/forwarding-needs.ts'
import { accessInput } from './own-tools/access-input.ts'
import { ACCESS_TOOL } from './own-tools/access-tool.ts'
import { type AnsweringAccess, answerAccess } from './own-tools/answer-access.ts'
import { chooseRung } from './rungs/choose-rung.ts'
import type { Keeping } from './rungs/keeping.ts'

export interface McpConnectorNeeds {
  readonly catalog: UpstreamCatalogs
  readonly settling: Settling
  readonly keeping: Keeping
  readonly forwarding: ForwardingNeeds
  readonly answering: AnsweringAccess
  readonly digestKey: KeyObject
}

/** MCP of every revision, over whichever transport its messages came. */
export function mcpConnector({
  catalog,
  settling,
  keeping,
  forwarding,
  answering,
  digestKey,
}: McpConnectorNeeds): Connector<McpExchange> {
  return {
    offers: mcpOffers(catalog),
    editing: editArguments(digestKey),
    phases: mcpPhases(settling),
    candidates: ({ call }, asked) => ({
      instead: nearestOffers(catalog.of(call.upstream), call, asked),
      ask: { tool: ACCESS_TOOL, input: accessInput(asked) },
    }),
    refuse: (exchange, verdict, guidance) =>
      answerDenied(exchange, verdict, guidance, keeping.structured(exchange.call)),
    cannotWait: ({ call }) =>
      call.kind === 'request' ? undefined : 'it needs a person, and what has no answer cannot wait for one',
    keep: (exchange, waiting) => chooseRung(keeping, exchange, waiting),
    askedBefore: ({ round }) => round?.held?.approvalId ?? null,
    forward: (released) => {
      if (released.exchange.call.own === true) void answerAccess(answering, released)
      else forward(forwarding, released)
    },
  }
}
