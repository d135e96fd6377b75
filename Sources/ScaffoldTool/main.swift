import Foundation
import Scaffolding

// The program of the plugin create-handler: a plugin can use programs, but no libraries. Its argument is a
// `HandlerOrder`.
StandardStream.reportClosedPipes()
do {
    let order = try JSONDecoder().decode(HandlerOrder.self, from: Data((CommandLine.arguments.last ?? "").utf8))
    for line in try order.fill() { try StandardStream.output.write("\(line)\n") }
} catch let error as StandardStreamError {
    error.endProcess { try? StandardStream.error.write("\($0)\n") }
} catch {
    try? StandardStream.error.write("\(error)\n")
    exit(1)
}
