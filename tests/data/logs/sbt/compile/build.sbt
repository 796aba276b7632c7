ThisBuild / scalaVersion := "2.13.15"
name := "cart"
scalacOptions ++= Seq("-Xlint", "-Werror")
