using System.Diagnostics;

namespace Berth.LocalCluster.Runtime;

/// <summary>The process of one additional command in a container.</summary>
internal static class ExecProcess
{
    /// <summary>
    /// Runs the command with the client's input and output, and ends it when the client disconnects. Returns its exit code.
    /// </summary>
    public static async Task<int> RunAsync(Process process, bool leadsGroup, IExecSession session, CancellationToken cancellationToken)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!session.HasInput)
            process.StandardInput.Close();
        Task input = session.HasInput ? CopyInputAsync(process, session, over.Token) : Task.CompletedTask;
        Task<int> running = WaitAsync(process, session, over.Token);
        try
        {
            if (await Task.WhenAny(running, session.Gone).ConfigureAwait(false) != running)
                await over.CancelAsync().ConfigureAwait(false);
            return await running.ConfigureAwait(false);
        }
        finally
        {
            if (!process.HasExited)
                Signals.Send(leadsGroup ? -process.Id : process.Id, Signals.Kill);
            await over.CancelAsync().ConfigureAwait(false);
            await input.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<int> WaitAsync(Process process, IExecSession session, CancellationToken cancellationToken)
    {
        Task outputs = Task.WhenAll(
            CopyOutputAsync(process.StandardOutput.BaseStream, session, isError: false, cancellationToken),
            CopyOutputAsync(process.StandardError.BaseStream, session, isError: true, cancellationToken));
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await outputs.ConfigureAwait(false);
        return process.ExitCode;
    }

    private static async Task CopyInputAsync(Process process, IExecSession session, CancellationToken cancellationToken)
    {
        try
        {
            while (await session.ReadAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false } typed)
            {
                await process.StandardInput.BaseStream.WriteAsync(typed, cancellationToken).ConfigureAwait(false);
                await process.StandardInput.BaseStream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It no longer reads its input.
        }
    }

    private static async Task CopyOutputAsync(Stream output, IExecSession session, bool isError, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await output.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            await session.WriteAsync(buffer.AsMemory(0, count), isError, cancellationToken).ConfigureAwait(false);
    }
}
