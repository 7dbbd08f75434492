/** A browser: it keeps cookies by host, and goes where it is sent. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>()
  /** The addresses that it was at, the last first. */
  readonly visited: string[] = []

  /** Follows up to ten redirects, as long as `stop` does not hold. */
  async go(url: string, stop: (url: string) => boolean = () => false): Promise<Response> {
    for (let at = url, left = 10; ; left -= 1) {
      if (left === 0) throw new Error(`too many redirects: ${this.visited.join(' ')}`)
      this.visited.unshift(at)
      const response = await this.fetch(at)
      const location = response.headers.get('location')
      if (location === null || response.status < 300 || response.status > 399) return response
      await response.body?.cancel()
      at = new URL(location, at).href
      if (stop(at)) {
        this.visited.unshift(at)
        return response
      }
    }
  }

  /** One request with the cookies of its host. Ports share cookies, as in browsers. */
  async fetch(
    url: string,
    init: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { hostname, pathname } = new URL(url)
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>()
    this.#cookies.set(hostname, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      const ends = attributes.some(
        (one) => /^max-age=0$/i.test(one) || /^expires=Thu, 01 Jan 1970/i.test(one),
      )
      if (ends) jar.delete(name)
      else jar.set(name, value)
      this.lines.push(`${pathname} ${line}`)
    }
    return response
  }

  /** Every cookie that was set, with the path that set it. */
  readonly lines: string[] = []

  cookie(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).hostname)?.get(name)
  }

  setCookie(url: string, name: string, value: string): void {
    const { hostname } = new URL(url)
    this.#cookies.set(hostname, (this.#cookies.get(hostname) ?? new Map()).set(name, value))
  }
}
