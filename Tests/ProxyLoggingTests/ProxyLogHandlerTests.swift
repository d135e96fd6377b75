import Foundation
import Logging
import Testing

@testable import ProxyLogging

@Suite struct ProxyLogHandlerTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path

    /// The lines that `body` logs, without their times.
    private func lines(_ format: LogFormat, _ body: (inout Logger) -> Void) throws -> [String] {
        let writer = try LogWriter(.file(path), format: format)
        var logger = Logger(label: "chat") { label in
            ProxyLogHandler(label: label, writer, metadataProvider: Logger.MetadataProvider { ["trace_id": "abc"] })
        }
        body(&logger)
        writer.close()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
        return text.split(separator: "\n").map { String($0.replacing(time, with: "T")) }
    }

    @Test("writes fields of the logger, the provider and the record, sorted, the record's own last to win")
    func fields() throws {
        let text = try lines(.text) { logger in
            logger[metadataKey: "node"] = "a"
            logger[metadataKey: "zone"] = "old"
            logger.warning("is slow", metadata: ["zone": "new", "list": ["1", "2"], "map": ["k": "v"]])
        }
        #expect(
            text == [
                #"T warning is slow: logger=chat list="[1, 2]" map="[k: v]" node=a trace_id=abc zone=new"#
            ]
        )
    }

    private struct Failure: Error {}

    @Test("writes the error of a record")
    func error() throws {
        let text = try lines(.logfmt) { $0.error("failed", error: Failure()) }
        #expect(text.count == 1)
        #expect(text[0].contains(" error.message=Failure"))
        #expect(text[0].contains("ProxyLogHandlerTests"))
    }

    @Test("omits what is below its level")
    func level() throws {
        let text = try lines(.json) { logger in
            logger.debug("hidden")
            logger.logLevel = .debug
            logger.debug("shown", metadata: ["time": "mine"])
        }
        let fields = #""logger":"chat","time_":"mine","trace_id":"abc""#
        #expect(text == [#"{"time":"T","level":"debug","message":"shown",\#(fields)}"#])
    }
}
