import Logging
import Testing

@testable import CentrifugoProxy

@Suite struct PrintableLogTests {
    @Test("makes each text of a line printable, however deep, and is not wrapped twice")
    func texts() {
        let recorder = LogRecorder()
        let logger = recorder.logger.printable.printable
        logger.notice(
            "a\nb",
            metadata: [
                "text": "c\nd", "value": .stringConvertible(Forger()), "list": ["e\nf", ["in": "g\nh"]],
            ]
        )
        let line = recorder.lines(from: .trace).map { "\($0.message) \($0.metadata)" }.first ?? ""
        // As collections show the texts in them.
        let plain = line.replacing(#"\\"#, with: #"\"#)
        #expect(!line.contains("\n"))
        for text in [#"a\nb"#, #"c\nd"#, #"x\ny"#, #"e\nf"#, #"g\nh"#] { #expect(plain.contains(text), "\(text)") }
    }

    @Test("keeps the logger's level and metadata")
    func passesOn() {
        let recorder = LogRecorder()
        var logger = recorder.logger.printable
        logger.logLevel = .error
        logger[metadataKey: "key"] = "value"
        logger.warning("held back")
        logger.error("said")
        #expect(recorder.lines(from: .trace).count == 1)
        #expect(logger[metadataKey: "key"] == "value")
    }
}

private struct Forger: CustomStringConvertible, Sendable {
    var description: String { "x\ny" }
}
