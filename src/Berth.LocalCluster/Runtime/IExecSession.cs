namespace Berth.LocalCluster.Runtime;

/// <summary>The client of an additional command in a container: its input, and the destination of the output.</summary>
internal interface IExecSession
{
    /// <summary>True when the client sends input.</summary>
    bool HasInput { get; }

    /// <summary>True when the command runs on a terminal.</summary>
    bool IsTerminal { get; }

    /// <summary>Completes when the client has disconnected.</summary>
    Task Gone { get; }

    /// <summary>The next input; empty at its end.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Sends output. Called by one at a time for each of the two kinds.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> output, bool isError, CancellationToken cancellationToken);
}
