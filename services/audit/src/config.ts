import {
  apiListenSpec,
  type ConfigOf,
  type ConfigSpec,
  clickhouseSpec,
  fleetSpec,
  processPeersSpec,
  variables,
} from '@sallyport/runtime'

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
      'How long an event waits for others before it is inserted, in milliseconds; under load fifteen times as long',
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

/** What deliveries need to know, wherever they run. */
export const deliveryConfigSpec = {
  webhooks: {
    answerMs: variables.integer(
      'SALLYPORT_WEBHOOK_ANSWER_MS',
      "How long a webhook's receiver may take to answer, in milliseconds",
      { fallback: '15000', min: 100, max: 120_000 },
    ),
    eventMinutes: variables.integer(
      'SALLYPORT_WEBHOOK_EVENT_MINUTES',
      'After how many minutes an event on which a receiver fails (such as 500) becomes a dead letter',
      { fallback: '15', min: 1, max: 43_200 },
    ),
    destinationMinutes: variables.integer(
      'SALLYPORT_WEBHOOK_DOWN_MINUTES',
      'After how many minutes an event becomes a dead letter while its receiver is not there (no answer, 429, 502 to 504)',
      { fallback: '1440', min: 1, max: 43_200 },
    ),
    longestPauseMs: variables.integer(
      'SALLYPORT_WEBHOOK_PAUSE_MS',
      'The longest pause between two attempts, in milliseconds, unless a receiver asks for a longer one',
      { fallback: '60000', min: 100, max: 3_600_000 },
    ),
  },
  credentials: {
    folder: variables.optionalText(
      'SALLYPORT_CREDENTIALS_DIR',
      'The folder of files with secrets of webhooks, such as mounted secrets',
    ),
  },
} satisfies ConfigSpec

export type DeliveryConfig = ConfigOf<typeof deliveryConfigSpec>

/** What the audit process of a fleet needs to know besides. */
export const auditProcessSpec = {
  ...fleetSpec,
  ...apiListenSpec,
  ...auditConfigSpec,
  ...deliveryConfigSpec,
  ...clickhouseSpec,
  ...processPeersSpec,
} as const satisfies ConfigSpec

export type AuditProcessConfig = ConfigOf<typeof auditProcessSpec>
