import CentrifugoProxy

extension ClientSession {
    /// The call to the backend, or the error when it cannot be made.
    func call(
        _ command: ClientCommand,
        _ use: ProxyUse,
        event: ProxyEvent? = nil,
        answer: ClientAnswer = .accepted,
        because why: String
    ) -> Resolution {
        let event = event ?? use.kind.event(in: use.namespace?.options ?? .null)
        let proxy = configuration.proxy(of: use)
        let path = proxy?.path ?? OptionPath(use.kind.path)
        func failed(_ rule: String, at option: String, _ problem: String) -> Resolution {
            var resolution = own(
                command,
                .error(100),
                rule,
                "\(why) But \(problem), so the call fails and the client gets error 100.",
                option: path.key(option)
            )
            resolution.proxy = proxy
            return resolution
        }
        switch proxy?.endpoint ?? .missing {
        case .missing: return failed("no-endpoint", at: "endpoint", "\(path).endpoint is not set")
        case .unusable(let problem), .malformed(let problem): return failed("bad-endpoint", at: "endpoint", problem)
        case .noSuchPort(let port): return failed("bad-endpoint", at: "endpoint", "the port \(port) does not exist")
        case .withoutPort(let host) where proxy?.usesTLS != true:
            return failed("no-port", at: "endpoint", "\(host) has no port, and gRPC then takes 443")
        case .tcp, .withoutPort, .resolved, .http, .hidden: break
        }
        guard let proxy else { return failed("no-endpoint", at: "endpoint", "the proxy does not exist") }
        guard !ProxySettings.isTooShort(proxy.timeout) else {
            return failed(
                "timeout-too-short",
                at: "timeout",
                "a timeout of \(proxy.timeout) s ends before a call is sent"
            )
        }
        let metadata = metadata(of: proxy, for: event)
        if !proxy.endpoint.isHTTP, let fault = metadata.fault { return failed("bad-metadata", at: "grpc", fault) }
        return Resolution(
            command: command,
            event: event,
            proxy: proxy,
            metadata: metadata.names,
            metadataValues: metadata.values,
            answer: answer,
            rule: "proxy",
            option: use.path,
            why: why,
            isAssumed: true
        )
    }
}
