import { SallyportError } from '@sallyport/runtime'

/** The command of an MCP server could not be run: there is no such program, or it may not be run. */
export class ServerNotStarted extends SallyportError {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_SERVER_NOT_STARTED', 'unavailable', `the server's command could not be run: ${why}`, options)
  }
}
