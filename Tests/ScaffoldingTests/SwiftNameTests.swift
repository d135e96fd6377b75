import Testing

@testable import Scaffolding

@Suite struct SwiftNameTests {
    private static let code = ["// Ignored\nactor Taken: ConnectHandler {\n    /// Ignored\n}\n"]

    @Test("accepts names of types", arguments: ["Connect", "A", "X509", "Ignored", "ConnectHandlers"])
    func types(name: String) throws {
        #expect(try SwiftName(type: name, module: "Chat", code: Self.code).text == name)
    }

    @Test(
        "refuses what cannot name a type",
        arguments: ["", "connect", "9x", "Two words", "A_b", "Übel", "A.B", "../A"]
    )
    func noTypes(name: String) {
        #expect(
            refusal { _ = try SwiftName(type: name, module: "Chat", code: Self.code) }
                == "'\(name)' cannot name a handler: write a capital letter, then letters and digits, such as Sessions."
        )
    }

    @Test("refuses names with another meaning", arguments: ["Taken", "ConnectHandler", "Self", "Type", "Testing"])
    func takenTypes(name: String) {
        #expect(
            refusal { _ = try SwiftName(type: name, module: "Chat", code: Self.code) }
                == "'\(name)' has another meaning in the code around it; choose another name."
        )
    }

    @Test("refuses the name of the module")
    func module() {
        #expect(
            refusal { _ = try SwiftName(type: "Chat", module: "Chat", code: Self.code) }
                == "'Chat' is already the name of the module; choose another one."
        )
    }

    @Test("accepts names of modules", arguments: ["Chat", "chat", "chat_backend", "X9"])
    func modules(name: String) throws {
        #expect(try SwiftName(module: name, code: Self.code).text == name)
    }

    @Test(
        "refuses what cannot name a module",
        arguments: ["", "9x", "_", "_x", "chat-backend", "a b", "Übel", "a/b", "."]
    )
    func noModules(name: String) {
        #expect(
            refusal { _ = try SwiftName(module: name, code: Self.code) }
                == "'\(name)' cannot name a package: write a letter, then letters, digits or underscores, such as Chat."
        )
    }

    @Test("refuses modules with another meaning", arguments: ["class", "main", "Swift", "Logging", "Taken"])
    func takenModules(name: String) {
        #expect(
            refusal { _ = try SwiftName(module: name, code: Self.code) }
                == "'\(name)' has another meaning in the code around it; choose another name."
        )
    }

    @Test("refuses names of more than 64 letters")
    func long() {
        let name = String(repeating: "A", count: 65)
        #expect(refusal { _ = try SwiftName(type: name, module: "Chat", code: []) } != nil)
        #expect(refusal { _ = try SwiftName(module: name, code: []) } != nil)
        #expect(refusal { _ = try SwiftName(module: String(name.dropLast()), code: []) } == nil)
    }
}
