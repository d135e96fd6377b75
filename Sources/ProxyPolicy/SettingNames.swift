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
        if ServiceLink.isOne(name) {
            self = .serviceLink
        } else if let near = settings.min(by: { KnownKeys.distance(name, $0) < KnownKeys.distance(name, $1) }),
            KnownKeys.distance(name, near) <= 2
        {
            self = .misspelt(near)
        } else {
            self = .unknown(settings.filter { $0.hasPrefix("\(name)_") })
        }
    }
}
