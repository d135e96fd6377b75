/// The event of a handler, spelled as on a command line: `sub-refresh`.
package enum HandlerType: String, CaseIterable, Sendable {
    case connect
    case refresh
    case subscribe
    case subRefresh = "sub-refresh"
    case publish
    case rpc
    case mapPublish = "map-publish"
    case mapRemove = "map-remove"
    case sharedPollRefresh = "shared-poll-refresh"
    case notifyCacheEmpty = "notify-cache-empty"
    case notifyChannelState = "notify-channel-state"
    case subscribeUnidirectional = "subscribe-unidirectional"
    case subscribeBidirectional = "subscribe-bidirectional"

    /// Parses a user's text, which may also be the method of proxy.proto (`SubRefresh`) or the library's label
    /// (`subRefresh`).
    ///
    /// - Throws: ``ScaffoldError`` with the list of events, for an unknown name.
    package init(named name: String) throws {
        let folded = Self.folded(name)
        guard let type = Self.allCases.first(where: { Self.folded($0.rawValue) == folded }) else {
            throw ScaffoldError("There is no event '\(name)'; choose one of \(Self.list).")
        }
        self = type
    }

    /// All types, for a sentence.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The label of the handler in `ProxyService`, such as `subRefresh`.
    package var label: String { "\(self)" }

    private static func folded(_ name: String) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" }
    }
}
