import CentrifugoModel

/// The kind of an environment variable that has the settings' prefix but is not a setting.
enum StrangeSetting: Equatable {
    /// Kubernetes sets it for a Service whose name begins with ours.
    case serviceLink
    /// It is similar to a setting: a misspelt one must not be silently ignored.
    case misspelt(String)
    /// Any other name, with the settings that may be meant.
    case unknown([String])

    /// Determines the kind.
    ///
    /// - Parameters:
    ///   - name: The variable's name without `CENTRIFUGO_PROXY_`; not a setting.
    ///   - settings: The settings' names, also without it.
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

    /// Whether the kubelet sets variables of that name for a Service, as it does unless `enableServiceLinks` is off.
    private static func isServiceLink(_ name: String) -> Bool {
        let ends = /SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?/
        guard name.wholeMatch(of: ends) == nil else { return true }
        // The name of a Service `centrifugo-proxy-metrics` continues before the suffix.
        return name.indices.contains { index in
            name[index] == "_" && name[name.index(after: index)...].wholeMatch(of: ends) != nil
        }
    }
}
