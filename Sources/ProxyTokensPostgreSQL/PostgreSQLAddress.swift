#if PostgreSQL
import CPostgreSQL
import ProxyTokens

/// Where a database is and who asks it: a connection string that was looked at.
struct PostgreSQLAddress: Sendable {
    /// The connection string, with its password.
    let text: String
    /// What may be shown of it.
    let name: String
    private let password: String

    /// Looks at a connection string.
    ///
    /// - Throws: ``TokenStorageError``, without anything of the string: libpq's own words may show its password.
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

    /// What libpq or the server says, as a part of a sentence without the password.
    func cleaned(_ message: String) -> String {
        // By bytes, and before anything else: joined with what is beside it, or with its spaces changed, it is another text
        // for Swift.
        var shown = message
        if !password.isEmpty {
            let parts = Array(message.utf8).split(separator: Array(password.utf8), omittingEmptySubsequences: false)
            shown = String(decoding: Array(parts.joined(separator: "…".utf8)), as: UTF8.self)
        }
        return shown.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
#endif
