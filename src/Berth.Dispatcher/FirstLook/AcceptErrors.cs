namespace Berth.Dispatcher.FirstLook;

/// <summary>The errors of an attempt to accept (accept(2)).</summary>
internal static class AcceptErrors
{
    /// <summary>Returns the meaning of an error.</summary>
    public static AcceptResult Judge(int error) => error switch
    {
        LinuxCalls.TryAgain => AcceptResult.Empty,
        // The last three mean that the listener is broken, so attempts at once would fail too.
        LinuxCalls.TooManyFiles or LinuxCalls.TooManyFilesOfSystem or LinuxCalls.NoBuffers or LinuxCalls.OutOfMemory
            or LinuxCalls.BadFile or LinuxCalls.InvalidArgument or LinuxCalls.NotASocket => AcceptResult.Exhausted,
        _ => AcceptResult.Again,
    };
}
