import CentrifugoProxy
import Testing

@testable import Scaffolding

/// Scripts/test scaffold builds all of them, and runs their tests.
@Suite struct HandlerTemplateTests {
    @Test("conforms to the event's protocol, and says how it is registered", arguments: ProxyEvent.allCases)
    func handler(event: ProxyEvent) throws {
        let code = HandlerTemplate(try HandlerType(named: event.methodName)).handler(named: "Probe")
        #expect(code.contains("\nactor Probe: \(event.methodName)Handler {\n"))
        #expect(code.contains("\n    func \(event)("))
        #expect(code.contains("ProxyService(handlers: [Probe"))
    }

    @Test("calls the handler in its test", arguments: ProxyEvent.allCases)
    func test(event: ProxyEvent) throws {
        let code = HandlerTemplate(try HandlerType(named: event.methodName)).test(named: "Probe", module: "Chat")
        #expect(code.contains("\n@testable import Chat\n"))
        #expect(code.contains("\n@Suite struct ProbeTests {\n"))
        #expect(code.contains("handler.\(event)(") || code.contains("Probe().\(event)("))
        #expect(code.contains("CallContext(event: .\(event))"))
    }

    @Test("leaves no placeholder and no long line", arguments: HandlerType.allCases)
    func lines(type: HandlerType) {
        let template = HandlerTemplate(type)
        for code in [template.handler(named: "Probe"), template.test(named: "Probe", module: "Chat")] {
            #expect(!code.contains("__"))
            #expect(code.hasSuffix("}\n") && !code.hasSuffix("\n\n"))
            for line in code.split(separator: "\n") {
                #expect(line.count <= 120 && line.last?.isWhitespace == false, "\(line)")
            }
        }
    }
}
