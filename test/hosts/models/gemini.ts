import type { ModelProtocol } from './script.ts'

interface Body {
  readonly tools?: readonly { readonly functionDeclarations?: readonly { readonly name: string }[] }[]
  readonly contents?: readonly { readonly parts?: readonly { readonly functionResponse?: unknown }[] }[]
}

/** Gemini's API, streamed. */
export const gemini: ModelProtocol = {
  isTurn: (path) => path.includes(':streamGenerateContent') || path.includes(':generateContent'),
  seenIn(body) {
    const { tools = [], contents = [] } = body as Body
    const parts = contents.flatMap((content) => content.parts ?? [])
    return {
      tools: tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name)),
      results: parts.flatMap(({ functionResponse }) =>
        functionResponse === undefined ? [] : [JSON.stringify(functionResponse)],
      ),
    }
  },
  events(step) {
    const part =
      'call' in step
        ? { functionCall: { name: step.call.tool, args: step.call.arguments } }
        : { text: step.say }
    const candidate = { index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }
    const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 }
    return [{ data: { candidates: [candidate], usageMetadata } }]
  },
}
