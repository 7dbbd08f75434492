import { randomBytes } from 'node:crypto'
import { processEnvironment } from '@sallyport/runtime'
import { Command } from 'commander'
import { apiClient } from '../api-client.ts'
import { readRunFile } from '../connection.ts'
import { action } from '../context.ts'
import { dataFolder } from '../data-place.ts'
import { example } from '../example.ts'
import { refusePlainText } from '../refuse-plain-text.ts'

const DEFAULT_PROXY = 'http://127.0.0.1:8080'

/** `sallyport demo`: the tour by itself, with a real MCP server and a real SDK client. */
export function demoCommand(): Command {
  return example(
    new Command('demo')
      .description('a tour with a real MCP server, a real agent and an approver')
      .option('--proxy <url>', "the proxy's address, where it is not the local default"),
    'sallyport demo',
  ).action(
    action(async ({ api, url, insecure = false, output }, flags: { proxy?: string }) => {
      const local = readRunFile(dataFolder(processEnvironment()))?.proxy
      const proxy = flags.proxy ?? local ?? DEFAULT_PROXY
      refusePlainText(proxy, insecure)
      // The SDK that the tour's agent uses is not for every other command to load.
      const { takeTour } = await import('../demo/tour.ts')
      await takeTour({
        api,
        apiAs: (token) => apiClient({ url, token, insecure }),
        proxy,
        suffix: randomBytes(2).toString('hex'),
        say: (line) => output.object({ line }, () => line),
      })
    }),
  )
}
