import CentrifugoModel

/// What to make of an environment variable that begins as settings do and is none.
enum StrangeSetting: Equatable {
    /// Kubernetes made it, of a Service whose name begins as ours does.
    case serviceLink
    /// It is nearly a setting: a misspelt one must not be without effect.
    case misspelt(String)
    /// Somebody else's, or one that does not exist; with the settings that it may stand for.
    case unknown([String])

    /// Tells which it is.
    ///
    /// - Parameters:
    ///   - name: The variable's name without `CENTRIFUGO_PROXY_`; none of the settings.
    ///   - settings: The settings' names, likewise.
    init(_ name: String, among settings: [String]) {
        if Self.isServiceLink(name) {
            self = .serviceLink
        } else if let near = settings.min(by: { KnownKeys.distance(name, $0) < KnownKeys.distance(name, $1) }),
            KnownKeys.distance(name, near) <= 2
        {
            self = .misspelt(near)
        } else {
            self = .unknown(settings.filter { $0.hasPrefix("\(name)_") })
        }
    }

    /// Whether a name is of those that the kubelet gives a pod for each Service, `enableServiceLinks` unless switched off.
    private static func isServiceLink(_ name: String) -> Bool {
        let ends = /SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?/
        guard name.wholeMatch(of: ends) == nil else { return true }
        // A Service `centrifugo-proxy-metrics` has more in front.
        return name.indices.contains { index in
            name[index] == "_" && name[name.index(after: index)...].wholeMatch(of: ends) != nil
        }
    }
}
