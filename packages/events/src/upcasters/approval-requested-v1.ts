import { Type } from 'typebox'
import { Binding } from '../definitions/approvals.ts'
import {
  argumentsText,
  Client,
  closed,
  Digest,
  GatewayRef,
  Id,
  Instant,
  Milliseconds,
  meta,
  Name,
  nullable,
  Risk,
  Text,
} from '../definitions/parts.ts'
import { upcaster } from './upcaster.ts'

const approvalRef = { approvalId: Id, callDigest: Digest }
const ANYONE = { kind: 'anyone', name: 'anyone', id: null } as const

export const approvalRequestedV1 = upcaster({
  type: 'sallyport.approval.requested.v1',
  next: 'sallyport.approval.requested.v2',
  definition: {
    topic: 'sallyport.approvals',
    criticality: 'critical',
    schema: Type.Object(
      {
        ...approvalRef,
        binding: Binding,
        actionId: Id,
        gateway: GatewayRef,
        connector: Name,
        tool: nullable(Name),
        risk: Risk,
        rule: Text,
        reasons: Type.Array(Text, { maxItems: 32 }),
        arguments: Type.Unknown(),
        argumentsText,
        meta,
        sealedArguments: Type.Optional(Type.String({ maxLength: 3_500_000 })),
        client: nullable(Client),
        expiresAt: Instant,
        usableForMs: Milliseconds,
      },
      closed,
    ),
    meaning:
      'A held action asks for a person. Folds to an attachment where an approval for the same call is still open.',
  },
  upcast: (data) => ({
    ...data,
    stages: [{ need: 1, of: [ANYONE] }],
    fallback: [],
    remindAt: null,
    escalateAt: null,
    excluded: [],
  }),
})
