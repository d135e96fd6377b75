#if PostgreSQL
import CPostgreSQL
import ProxyTokens

/// The address of a database and the user: a connection string that was parsed.
struct PostgreSQLAddress: Sendable {
    /// The connection string, with its password.
    let text: String
    /// The part that may be shown.
    let name: String
    private let password: String

    /// Parses a connection string.
    ///
    /// - Throws: ``TokenStorageError``, without any of the string: libpq's own message may contain its password.
    init(_ text: String) throws {
        guard !text.utf8.contains(0), let options = PQconninfoParse(text, nil) else {
            throw TokenStorageError(
                .invalidConfiguration,
                "The connection string for PostgreSQL is neither a list such as 'host=db.internal dbname=tokens' nor an"
                    + " address such as postgresql://user@db.internal/tokens."
            )
        }
        defer { PQconninfoFree(options) }
        var shown: [String] = []
        var password = ""
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                switch String(cString: keyword) {
                case "password": password = String(cString: value)
                case "host", "hostaddr", "port", "dbname", "user":
                    shown.append("\(String(cString: keyword))=\(String(cString: value))")
                default: break
                }
            }
            option += 1
        }
        self.text = text
        self.password = password
        name = shown.isEmpty ? "the default address" : shown.joined(separator: " ")
    }

    /// A message of libpq or the server, as part of a sentence and without the password.
    func cleaned(_ message: String) -> String {
        // Compares bytes, before any other change: next to other characters, or with changed spaces, it is a different
        // text for Swift.
        var shown = message
        if !password.isEmpty {
            let parts = Array(message.utf8).split(separator: Array(password.utf8), omittingEmptySubsequences: false)
            shown = String(decoding: Array(parts.joined(separator: "…".utf8)), as: UTF8.self)
        }
        return shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
#endif
