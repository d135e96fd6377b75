#if HTTPBridge
import CentrifugoProxy

/// A payload as query parameters, in the form of PHP's `http_build_query`.
///
/// Members of objects are `a[b]=c`, elements of arrays `a[0]=c`; true is 1, false is 0, null is omitted, and numbers
/// keep their text. Of members with the same name, the last one applies.
struct QueryParameters {
    /// How deep objects and arrays may nest.
    static let deepest = 16
    /// The most values, as in PHP's `max_input_vars`.
    static let most = 1_000

    /// `name=value`, both encoded.
    private(set) var pairs: [String] = []
    private var visited = 0

    /// Makes parameters from valid JSON.
    ///
    /// - Throws: ``BridgeError`` when it is not an object, or too large for a query.
    init(_ json: [UInt8]) throws(BridgeError) {
        guard let members = JSONMembers(of: json[...]), members.isObject else { throw .badRequest }
        try append(members, prefix: nil, depth: 1)
    }

    private mutating func append(_ members: JSONMembers, prefix: String?, depth: Int) throws(BridgeError) {
        guard depth <= Self.deepest else { throw .badRequest }
        for (key, value) in try entries(of: members) {
            // Brackets are encoded, as in PHP: RFC 3986 does not allow them in queries.
            let name = prefix.map { "\($0)%5B\(key)%5D" } ?? key
            if let members = JSONMembers(of: value) {
                try append(members, prefix: name, depth: depth + 1)
            } else if let value = try Self.scalar(value) {
                pairs.append("\(name)=\(value)")
            }
        }
    }

    /// Encoded names and raw values, each name once.
    private mutating func entries(
        of members: JSONMembers
    ) throws(BridgeError) -> [(key: String, value: ArraySlice<UInt8>)] {
        var entries: [(key: String, value: ArraySlice<UInt8>)] = []
        var indices: [String: Int] = [:]
        for member in members {
            visited += 1
            guard visited <= Self.most else { throw .badRequest }
            guard let quoted = member.key else {
                entries.append(("\(entries.count)", member.value))
                continue
            }
            guard let text = JSONMembers.string(quoted) else { throw .badRequest }
            let key = URLText.encoded(text.utf8)
            if let index = indices[key] {
                entries[index].value = member.value
            } else {
                indices[key] = entries.count
                entries.append((key, member.value))
            }
        }
        return entries
    }

    /// The encoded text of a value; nil for null.
    private static func scalar(_ value: ArraySlice<UInt8>) throws(BridgeError) -> String? {
        switch value.first {
        case UInt8(ascii: "n"): return nil
        case UInt8(ascii: "t"): return "1"
        case UInt8(ascii: "f"): return "0"
        case UInt8(ascii: "\""):
            guard let text = JSONMembers.string(value) else { throw .badRequest }
            return URLText.encoded(text.utf8)
        default: return URLText.encoded(value)
        }
    }
}
#endif
