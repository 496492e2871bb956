# コマンド `hikyaku explain`。

explain-unknown = 「{ $key }」というコードはありません
    .why = エラーには、smtp.rcpt.unknownのような決まったコード（識別用の名前）が付いています。指定されたものは、その中にありません。
    .cure = エラーの文のかっこの中にあるコードを、そのまま写してください。最も近いコード：{ $nearest }。すべてのコードは`hikyaku explain --list`で見られます。
