import CentrifugoModel

extension ConfigurationDoctor {
    /// How long clients' SDKs wait for an answer.
    private static let patience = 5.0
    /// How long Centrifugo waits for a connection's connect command, unless `client.stale_close_delay` is set.
    private static let staleClose = 10.0

    /// The effect of a proxy's timeout.
    func timeout(of proxy: ProxySettings) -> [Finding] {
        // Zero in a variable prevents Centrifugo from starting, which is reported there.
        guard proxy.timeout != 0 else { return [] }
        let kinds = configuration.uses(of: proxy).map(\.kind) + ProxyKind.allCases.filter { $0.path == "\(proxy.path)" }
        return timeout(
            proxy.timeout,
            at: proxy.path.key("timeout"),
            ofConnect: kinds.contains(.connect),
            hasWaitingClient: kinds.contains(where: \.hasWaitingClient)
        )
    }

    /// The effect of a timeout, in seconds.
    func timeout(_ timeout: Double, at path: OptionPath, ofConnect: Bool, hasWaitingClient: Bool) -> [Finding] {
        let text = Self.text(timeout)
        guard !ProxySettings.isTooShort(timeout) else {
            return [
                Finding(
                    "no-timeout",
                    at: path,
                    "A timeout of \(text) is over before an answer can come, so each call fails; a number without a unit "
                        + "counts nanoseconds.",
                    fix: "set it to \"1s\", or remove it: that is the default."
                )
            ]
        }
        var stale = Self.staleClose
        if case .number(let seconds) = configuration.options[path: "client.stale_close_delay"] { stale = seconds }
        if ofConnect, stale > 0, timeout > stale {
            return [
                Finding(
                    "timeout-after-stale-close",
                    at: path,
                    "Centrifugo closes a connection that has not connected within \(Self.text(stale)), before the "
                        + "timeout of \(text) is over.",
                    fix: "set it to at most \"5s\", after which clients give up as well."
                )
            ]
        }
        guard hasWaitingClient, timeout > Self.patience else { return [] }
        return [
            Finding(
                "timeout-after-client",
                at: path,
                "Clients' SDKs wait for an answer for 5 s, and the timeout is \(text): a later answer is too late.",
                fix: "set it to less than \"5s\"."
            )
        ]
    }

    private static func text(_ seconds: Double) -> String {
        if abs(seconds) < 1e-3 { return "\(Int((seconds * 1e9).rounded())) ns" }
        if abs(seconds) < 1 { return "\((seconds * 1e6).rounded() / 1e3) ms" }
        return seconds == seconds.rounded() && abs(seconds) < 1e15 ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
