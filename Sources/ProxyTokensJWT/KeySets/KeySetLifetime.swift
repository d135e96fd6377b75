#if JWT
/// How long a fetched key set is used before it is fetched again.
enum KeySetLifetime {
    /// Without a `max-age`.
    static let standard = Duration.seconds(600)
    /// Whatever the answer says.
    static let range = Duration.seconds(60)...Duration.seconds(86_400)

    /// The lifetime that an answer's headers give it (RFC 9111 §4.2), within the range.
    ///
    /// - Parameters:
    ///   - cacheControl: The values of `Cache-Control`.
    ///   - age: The values of `Age`: how long the answer has been in a cache on the way.
    /// - Returns: The lifetime.
    static func lifetime(cacheControl: [String], age: [String] = []) -> Duration {
        let directives = cacheControl.flatMap { $0.split(separator: ",") }.map { directive in
            directive.filter { !$0.isWhitespace && $0 != "\"" }.lowercased()
        }
        guard !directives.contains("no-store"), !directives.contains("no-cache") else { return range.lowerBound }
        // RFC 9111 §4.2.1: of several values the smallest is safe.
        let ages = directives.filter { $0.hasPrefix("max-age=") }.compactMap { seconds($0.dropFirst(8)) }
        guard let maxAge = ages.min() else { return standard }
        let left = Duration.seconds(maxAge - min(maxAge, age.compactMap { seconds($0[...]) }.max() ?? 0))
        return min(max(left, range.lowerBound), range.upperBound)
    }

    /// The number of seconds in a text (RFC 9111 §1.2.2); nil when it is not one.
    private static func seconds(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        // What does not fit is as good as for ever.
        return min(Int64(text) ?? .max, 1 << 31)
    }
}
#endif
