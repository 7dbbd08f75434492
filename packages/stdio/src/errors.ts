import { SallyportError } from '@sallyport/runtime'

/** The command of an MCP server could not be run: the program does not exist, or may not be run. */
export class ServerNotStarted extends SallyportError {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_SERVER_NOT_STARTED', 'unavailable', `the server's command could not be run: ${why}`, options)
  }
}
