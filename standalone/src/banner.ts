import type { DataFolder } from './data-folder.ts'

export interface Readiness {
  readonly folder: DataFolder
  readonly proxyUrl: string
  readonly apiUrl: string
  /** How many events this start read back. */
  readonly replayed: number
}

/** What `npm start` tells the person who typed it. The admin token appears on the very first start only. */
export function readyLines({ folder, proxyUrl, apiUrl, replayed }: Readiness): string[] {
  const token = folder.tokenUnseen
    ? [
        `  admin    ${folder.adminToken}`,
        '           (shown only now; commands on this machine need no token)',
      ]
    : []
  return [
    'Sallyport is ready.',
    `  proxy    ${proxyUrl}/mcp/<upstream>  (APIs over HTTP: /http/<upstream>)`,
    `  api      ${apiUrl}  (documents at ${apiUrl}/docs)`,
    `  data     ${folder.path}`,
    ...token,
    ...(replayed > 0 ? [`  replayed ${replayed} events of control state and approvals`] : []),
    '',
    'Try it, in another terminal:',
    '  npx sallyport demo',
    '  npx sallyport gateway add code-agent',
    '  npx sallyport upstream add files --connector mcp --url http://127.0.0.1:3001/mcp',
  ]
}
