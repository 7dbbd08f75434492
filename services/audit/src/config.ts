import { type ConfigOf, type ConfigSpec, variables } from '@sallyport/runtime'

/** What the audit service itself needs to know, wherever it runs. */
export const auditConfigSpec = {
  ingest: {
    maxRows: variables.integer('SALLYPORT_AUDIT_BATCH_ROWS', 'Rows in one insert into ClickHouse at most', {
      fallback: '10000',
      min: 1,
      max: 100_000,
    }),
    maxWaitMs: variables.integer(
      'SALLYPORT_AUDIT_BATCH_WAIT_MS',
      'How long an event waits for others before it is inserted, in milliseconds',
      { fallback: '200', max: 10_000 },
    ),
  },
  query: {
    maxSeconds: variables.integer(
      'SALLYPORT_AUDIT_QUERY_SECONDS',
      'After how many seconds ClickHouse gives up a query of the API',
      { fallback: '10', min: 1, max: 600 },
    ),
  },
  retention: {
    days: variables.integer(
      'SALLYPORT_AUDIT_RETENTION_DAYS',
      'After how many days ClickHouse drops events; 0 keeps them. The log is not affected',
      { fallback: '0', max: 36_500 },
    ),
  },
} satisfies ConfigSpec

export type AuditConfig = ConfigOf<typeof auditConfigSpec>
