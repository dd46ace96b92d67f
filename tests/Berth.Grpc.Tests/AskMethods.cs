using System.Text;
using Grpc.Core;

namespace Berth.Grpc;

/// <summary>The methods of <see cref="AskService"/>.</summary>
public static class AskMethods
{
    private static readonly Marshaller<string> s_text = Marshallers.Create(
        static text => Encoding.UTF8.GetBytes(text), static bytes => Encoding.UTF8.GetString(bytes));

    public static Method<string, string> Ask { get; } = new(MethodType.Unary, "test.Asking", "Ask", s_text, s_text);

    public static Method<string, string> Follow { get; } = new(MethodType.ServerStreaming, "test.Asking", "Follow", s_text, s_text);
}
