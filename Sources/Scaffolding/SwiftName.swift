/// A name from the user for generated code.
struct SwiftName {
    let text: String

    /// Makes the name of a type, in a module and with code in which the name must not have another meaning.
    ///
    /// - Throws: ``ScaffoldError`` when it cannot be a type's name, or is taken.
    init(type text: String, module: String, code: [String]) throws {
        guard Self.isWord(text), text.first?.isUppercase == true, text.count <= 64 else {
            throw ScaffoldError(
                "'\(text)' cannot name a handler: write a capital letter, then letters and digits, such as Sessions."
            )
        }
        guard text != module else {
            throw ScaffoldError("'\(text)' is already the name of the module; choose another one.")
        }
        try Self.refuse(text, usedIn: code)
        self.text = text
    }

    /// Makes the name of a module.
    ///
    /// - Throws: ``ScaffoldError`` when it cannot be a module's name, or is taken.
    init(module text: String, code: [String]) throws {
        guard Self.isWord(text.filter { $0 != "_" }), text.first?.isLetter == true, text.count <= 64 else {
            throw ScaffoldError(
                "'\(text)' cannot name a package: write a letter, then letters, digits or underscores, such as Chat."
            )
        }
        try Self.refuse(text, usedIn: code)
        self.text = text
    }

    private static func refuse(_ name: String, usedIn code: [String]) throws {
        guard !reserved.contains(name), !code.contains(where: { words(of: $0).contains(name) }) else {
            throw ScaffoldError("'\(name)' has another meaning in the code around it; choose another name.")
        }
    }

    /// The words in Swift code, apart from comments.
    private static func words(of code: String) -> Set<String> {
        let lines = code.split(separator: "\n").filter { !$0.drop(while: \.isWhitespace).hasPrefix("//") }
        return Set(lines.flatMap { $0.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init) })
    }

    private static func isWord(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
    }

    // Swift's keywords, names that no module or type may have, and the modules of the standard library and of the
    // library's dependencies.
    private static let reserved: Set<String> = [
        "Any", "Protocol", "Self", "Type", "as", "associatedtype", "break", "case", "catch", "class", "continue",
        "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
        "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "main", "nil", "operator",
        "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct",
        "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",

        "CentrifugoProxy", "CNghttp2", "CZlib", "GRPCCall", "HTTP2Framing", "HTTP2Transport", "ProtobufWire",
        "ProxyMessages",

        "Atomics", "Combine", "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Logging", "Metrics",
        "Musl", "NIO", "NIOCore", "NIOPosix", "NIOSSL", "Observation", "ServiceLifecycle", "Swift", "Synchronization",
        "Testing", "UnixSignals", "XCTest",
    ]
}
