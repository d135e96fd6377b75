extension ConfigurationDoctor {
    /// How long clients' SDKs wait for an answer.
    private static let patience = 5.0
    /// How long Centrifugo keeps a connection that has not connected, unless `client.stale_close_delay` says otherwise.
    private static let staleClose = 10.0

    /// What becomes of a call that takes as long as it may.
    func timeout(of proxy: ProxyOptions) -> [Finding] {
        guard let value = proxy.options["timeout"] else { return [] }
        let path = "\(proxy.path).timeout"
        guard let text = value.text, let timeout = GoDuration(text) else {
            return [
                Finding(
                    "no-duration",
                    at: path,
                    "The timeout is no duration, so Centrifugo does not start.",
                    mend: "write a number and a unit in quotation marks, such as \"1s\" or \"500ms\"."
                )
            ]
        }
        guard timeout.seconds > 0 else {
            return [
                Finding(
                    "no-timeout",
                    at: path,
                    "A timeout of \(text) leaves no time for an answer.",
                    mend: "set it to \"1s\", or remove it: that is the default."
                )
            ]
        }
        let stale =
            configuration.root[path: "client.stale_close_delay"]?.text.flatMap { GoDuration($0) }?.seconds
            ?? Self.staleClose
        if proxy.kinds.contains(.connect), stale > 0, timeout.seconds > stale {
            return [
                Finding(
                    "timeout-after-stale-close",
                    at: path,
                    "Centrifugo closes a connection that has not connected within \(Self.text(stale)), before the "
                        + "timeout of \(text) is over.",
                    mend: "set it to at most \"5s\", after which clients give up as well."
                )
            ]
        }
        guard proxy.kinds.contains(where: \.hasWaitingClient), timeout.seconds > Self.patience else {
            return []
        }
        return [
            Finding(
                "timeout-after-client",
                at: path,
                "Clients' SDKs wait for an answer for 5 s, and the timeout is \(text): a later answer finds nobody.",
                mend: "set it to less than \"5s\"."
            )
        ]
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
