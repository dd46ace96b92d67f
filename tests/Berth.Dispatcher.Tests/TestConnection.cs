using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Berth.Dispatcher.Tests;

/// <summary>A connection whose sending side is a pipe that the test reads, and whose receiving side is silent.</summary>
internal sealed class TestConnection : DefaultConnectionContext
{
    public TestConnection(Pipe output) => Transport = new Duplex(new Pipe().Reader, output.Writer);

    public ConnectionAbortedException? AbortReason { get; private set; }

    public override void Abort(ConnectionAbortedException abortReason) => AbortReason = abortReason;

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
